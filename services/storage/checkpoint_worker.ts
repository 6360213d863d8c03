import { checkpoint } from "./checkpoint.ts";

/** Copies the write-ahead log of the file it is sent into the file. */
self.onmessage = ({ data: path }: MessageEvent<string>) => {
  checkpoint(path);
  self.postMessage("done");
};
