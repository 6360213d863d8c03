export type * from "./ledger/ledger_ports.ts";
