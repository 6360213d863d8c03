/** Short texts between the processes of one database; those that nobody hears are gone. */
export interface Notices {
  /** Sends up to 7,999 bytes to all who listen, this process too. */
  send(channel: string, text: string): Promise<void>;
  /** Calls back for each notice from now on, also after the connection was lost and renewed. */
  listen(channel: string, onNotice: (text: string) => void): Promise<() => Promise<void>>;
}
