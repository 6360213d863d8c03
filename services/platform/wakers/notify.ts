import type { Log } from "../../ports/mod.ts";
import type { Notices } from "../../ports/notices.ts";
import type { Waker } from "../../ports/wakers.ts";
import { ChannelWaker } from "./channel_waker.ts";

const CHANNEL = "tokenlysis_jobs";

/** Wakes the workers of every process of one PostgreSQL database, at once. */
export async function openNotifyWaker(notices: Notices, log: Log): Promise<Waker> {
  let stop = () => Promise.resolve();
  const waker = new ChannelWaker({
    name: "notify",
    send: (jobId) => notices.send(CHANNEL, jobId),
    close: () => stop(),
  }, log);
  stop = await notices.listen(CHANNEL, () => waker.tell());
  return waker;
}
