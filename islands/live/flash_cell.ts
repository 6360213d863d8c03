import { FLASH_MS } from "../../components/live/flash_limiter.ts";

/** Tints a cell for a moment, by where its value went. */
export function flashCell(cell: HTMLElement, direction: "up" | "down"): void {
  cell.dataset["dir"] = direction;
  cell.classList.add("flash");
  // Not `animationend`, which never comes while the tab is hidden.
  setTimeout(() => cell.classList.remove("flash"), FLASH_MS);
}
