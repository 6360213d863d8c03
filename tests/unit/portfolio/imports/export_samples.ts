const COINBASE_HEADER = "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency," +
  "Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes";

/** A file as its exporter writes it, and what becomes of each of its rows. */
export interface ExportSample {
  readonly name: string;
  readonly format: string;
  readonly text: string;
  readonly rows: readonly string[];
}

export const EXPORT_SAMPLES: readonly ExportSample[] = [
  {
    name: "v1.1, header in any order and case",
    format: "v1.1",
    text: `Quantity,Asset_ID,timestamp,ACTION,account,fee_asset,fee_amount,unit_price_usd
0.50,BTC,2024-01-01,buy,Main,usd,1.50,42000
1,ethereum,2024-01-01T10:00:00+02:00,SELL,Main,ETH,0.01,
-0.1,usd,2024-01-01,FEE,Main,,,
100,usd,2024-01-01,TRANSFER_IN,Main,,,
-1,BTC,2024-01-01,SELL,Main,,,
1,BTCUSDT,2024-01-01,BUY,Main,,,
1,BTC,2024-02-30,BUY,Main,,,
1,BTC,2031-01-01,BUY,Main,,,
1,BTC,2024-01-01,BUY,,,,
1,BTC,2024-01-01,SWAP,Main,,,
1,BTC,2024-01-01,BUY,Main,,3,
1,BTC,2024-01-01
`,
    rows: [
      "2 BUY 0.5 bitcoin at 42000 fee 1.5 usd",
      "3 SELL 1 ethereum fee 0.01 ethereum",
      "4 FEE -0.1 usd",
      "5 ignored",
      "6 bad_number",
      "7 unknown_asset",
      "8 bad_time",
      "9 bad_time",
      "10 missing_value",
      "11 unknown_action",
      "12 missing_value",
      "13 field_count",
    ],
  },
  {
    name: "Binance's transaction history: halves and fee of a trade are one",
    format: "binance",
    text: `User_ID,UTC_Time,Account,Operation,Coin,Change,Remark
7,23-01-01 12:00:00,Spot,Deposit,USDT,1000.00000000,
7,23-01-01 12:00:01,Spot,Transaction Buy,BTC,0.01000000,
7,23-01-01 12:00:01,Spot,Transaction Spend,USDT,-400.00000000,
7,23-01-01 12:00:01,Spot,Transaction Fee,BNB,-0.00100000,
7,23-01-01 12:00:02,Earn,Simple Earn Flexible Interest,BTC,0.00010000,
7,23-01-01 12:00:03,Spot,Simple Earn Flexible Subscription,BTC,-0.00500000,
7,23-01-01 12:00:04,Spot,Withdraw,BTC,-0.00200000,
7,23-01-01 12:00:05,Spot,Something New,BTC,1,
`,
    rows: [
      "2 TRANSFER_IN 1000 tether",
      "3+5 BUY 0.01 bitcoin at 40000 fee 0.001 binancecoin",
      "4 SELL 400 tether at 1",
      "6 INCOME 0.0001 bitcoin",
      "7 ignored",
      "8 TRANSFER_OUT 0.002 bitcoin",
      "9 unknown_action",
    ],
  },
  {
    name: "Binance's trade history: amounts with their coins, thousands with commas",
    format: "binance",
    text: `"Date(UTC)","Pair","Side","Price","Executed","Amount","Fee"
"2023-01-01 12:00:00","BTCUSDT","SELL","20000","0.5BTC","10,000USDT","0.01BNB"
"2023-01-01 12:00:00","ETHBTC","BUY","0.05","2ETH","0.1BTC","0.002ETH"
`,
    rows: [
      "2 SELL 0.5 bitcoin at 20000 | BUY 10000 tether at 1 fee 0.01 binancecoin",
      "3 SELL 0.1 bitcoin | BUY 2 ethereum fee 0.002 ethereum",
    ],
  },
  {
    name: "Coinbase, below the lines that it puts above the header",
    format: "coinbase",
    text: `
Transactions
User,Jane Doe,5f0
${COINBASE_HEADER}
a1,2023-01-01 12:00:00 UTC,Buy,BTC,0.1,USD,"$20,000.00","$2,000.00","$2,010.00",$10.00,Bought
a2,2023-01-02 12:00:00 UTC,Convert,ETH,-0.1,USD,$2500,$250,$250,$0,Converted 0.1 ETH to 250 USDC
a3,2023-01-03 12:00:00 UTC,Buy,ETH,1,EUR,€2500,€2500,€2501,€1,Bought
a4,2023-01-04 12:00:00 UTC,Staking Income,ETH,0.002,USD,$2500,$5,$5,$0,
a5,2023-01-05 12:00:00 UTC,Send,BTC,-0.05,USD,$20000,$1000,$1000,$0,To a friend
a6,2023-01-06 12:00:00 UTC,Deposit,USD,100,USD,$1,$100,$100,$0,
`,
    rows: [
      "5 BUY 0.1 bitcoin at 20000 fee 10 usd",
      "6 SELL 0.1 ethereum at 2500 | BUY 250 usd-coin at 1",
      "7 BUY 1 ethereum fee 1 eur",
      "8 STAKING_REWARD 0.002 ethereum at 2500",
      "9 TRANSFER_OUT 0.05 bitcoin at 20000",
      "10 ignored",
    ],
  },
  {
    name: "Kraken's ledgers: trades by refid, its own coin names, money as the price",
    format: "kraken",
    text: `"txid","refid","time","type","subtype","aclass","asset","wallet","amount","fee","balance"
"L1","R1","2023-01-01 12:00:00","trade","","currency","ZUSD","spot / main",-2000.0000,3.2000,0
"L2","R1","2023-01-01 12:00:00","trade","","currency","XXBT","spot / main",0.1000000000,0,0.1
"","R2","2023-01-01 13:00:00","deposit","","currency","XXBT","spot / main",0.1,0,
"L3","R3","2023-01-02 12:00:00","earn","reward","currency","DOT.S","earn",1,0.1,
"L4","R4","2023-01-03 12:00:00","withdrawal","","currency","XXBT","spot / main",-0.05,0.0001,
"L5","R5","2023-01-04 12:00:00","trade","","currency","NOSUCHCOIN","spot / main",5,0,
"L6","R5","2023-01-04 12:00:00","trade","","currency","ZUSD","spot / main",-5,0,
"L7","R6","2023-01-05 12:00:00","deposit","","currency","ZEUR","spot / main",50,0,
`,
    rows: [
      "2+3 BUY 0.1 bitcoin at 20000 fee 3.2 usd",
      "4 ignored",
      "5 STAKING_REWARD 1 polkadot fee 0.1 polkadot",
      "6 TRANSFER_OUT 0.05 bitcoin fee 0.0001 bitcoin",
      "7 unknown_asset",
      "8 half_trade",
      "9 ignored",
    ],
  },
  {
    name: "Koinly's universal template",
    format: "koinly",
    text:
      `Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash
2023-01-01 12:00 UTC,1000,USD,0.05,BTC,1,USD,,,,,
2023-01-02 12:00 UTC,0.05,BTC,1,ETH,0.01,ETH,1500,USD,,,0xabc
2023-01-03 12:00:05 UTC,,,1,ETH,,,1500,USD,reward,,
2023-01-04 12:00 UTC,1,ETH,,,0.001,ETH,,,,,
2023-01-05 12:00 UTC,0.5,ETH,,,,,,,cost,,
2023-01-06 12:00 UTC,100,USD,90,EUR,,,,,,,
2023-01-07 12:00 UTC,,,,,,,,,,,
`,
    rows: [
      "2 BUY 0.05 bitcoin at 20000 fee 1 usd",
      "3 SELL 0.05 bitcoin at 30000 | BUY 1 ethereum at 1500 fee 0.01 ethereum",
      "4 STAKING_REWARD 1 ethereum at 1500",
      "5 TRANSFER_OUT 1 ethereum fee 0.001 ethereum",
      "6 FEE -0.5 ethereum",
      "7 ignored",
      "8 missing_value",
    ],
  },
  {
    name: "ghostfolio's JSON, every digit of its numbers",
    format: "ghostfolio",
    text: `{"meta":{"date":"2024-01-01T00:00:00.000Z","version":"2.0.0"},
"accounts":[{"id":"acc","name":"Main"}],"activities":[
{"accountId":"acc","comment":null,"fee":1.5,"id":"g1","quantity":0.123456789012345678,"type":"BUY",
"unitPrice":20000,"currency":"USD","dataSource":"COINGECKO","date":"2023-01-01T00:00:00.000Z","symbol":"bitcoin"},
{"accountId":"acc","comment":"x","fee":0,"id":"g2","quantity":1,"type":"SELL",
"unitPrice":2000,"currency":"EUR","dataSource":"YAHOO","date":"2023-01-02T00:00:00.000Z","symbol":"ETHUSD"},
{"accountId":"acc","comment":"","fee":3,"id":"g3","quantity":1,"type":"FEE",
"unitPrice":0,"currency":"USD","dataSource":"MANUAL","date":"2023-01-03T00:00:00.000Z","symbol":"fee"}]}`,
    rows: [
      "1 BUY 0.123456789012345678 bitcoin at 20000 fee 1.5 usd",
      "2 SELL 1 ethereum",
      "3 FEE -3 usd",
    ],
  },
];
