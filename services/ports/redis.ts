/** Redis, as far as instances share something through it. */
export interface RedisCommands {
  /**
   * The reply to one command: texts as they are kept (never turned into numbers), whole numbers,
   * `null`, or lists of these. Rejects if Redis refuses the command or does not answer in time.
   */
  send(command: readonly [name: string, ...rest: (string | number)[]]): Promise<unknown>;
}
