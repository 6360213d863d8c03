// @ts-types="./papaparse.d.ts"
import Papa from "papaparse";

export { Papa };
