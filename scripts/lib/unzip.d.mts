export declare function unzip(zip: string, folder: string, nameFor: (name: string) => string | undefined): void;
