export interface BuildOptions {
  readonly force?: boolean;
  readonly only?: readonly string[];
}
export declare const targets: readonly { readonly name: string; readonly entry: string; readonly output: string }[];
export declare function build(options?: BuildOptions): Promise<readonly string[]>;
