export declare function makePackage(options?: { withInstallers?: boolean; output?: string }): Promise<string>;
