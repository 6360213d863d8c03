import { ClientError, fetchPage } from "../../components/api/client.ts";
import { replaceRegions } from "./regions.ts";

/**
 * Reads this page again and puts what changed in its place; whether it could be read. What stands
 * on the page stays as old as its as-of says if not.
 */
export async function refreshRegions(): Promise<boolean> {
  try {
    replaceRegions(await fetchPage(location.href), Date.now());
    return true;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return false;
  }
}
