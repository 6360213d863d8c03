import { ClientError, fetchData, fetchPage } from "../../components/api/client.ts";
import { replaceSpecs } from "../chart/line_specs.ts";
import { replaceRegions } from "./regions.ts";

/**
 * The element by which a page says that it can be brought up to date where it stands: `data-shape`
 * names its parts, `data-charts` where its charts are told as JSON; what else it says is the page's.
 */
export function pageShape(page: ParentNode = document): HTMLElement | null {
  return page.querySelector<HTMLElement>("[data-shape]");
}

/**
 * Brings this page up to date: its regions and charts in place where the newer page has the same
 * parts, the whole page otherwise. Whether it could be read.
 */
export async function refreshPage(): Promise<boolean> {
  const shape = pageShape();
  try {
    const next = await fetchPage(location.href);
    const { dataset } = pageShape(next) ?? {};
    if (shape === null || dataset === undefined || dataset["shape"] !== shape.dataset["shape"]) {
      location.reload();
      return true;
    }
    const { charts } = dataset;
    const specs = charts === undefined ? null : await fetchData(charts);
    Object.assign(shape.dataset, dataset);
    replaceRegions(next, Date.now());
    replaceSpecs(specs);
    return true;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return false;
  }
}
