import fc from "fast-check";
import type { Registry } from "@/services/market/assets.ts";
import { aliasRow, assetRow, providerIdRow, sampleRegistry } from "./assets_sample.ts";

const IDS = ["alpha", "beta", "gamma", "delta"];

/** Small registries over the same few names, so that two of them share and differ in rows. */
export function anyRegistry(): fc.Arbitrary<Registry> {
  const asset = fc.record({
    id: fc.constantFrom(...IDS),
    decimals: fc.constantFrom(null, 6, 18),
    name: fc.constantFrom("One", "Two"),
    themes: fc.constantFrom(["layer-1"], ["layer-1", "meme"]),
  });
  const assets = fc.uniqueArray(asset, { selector: ({ id }) => id, minLength: 1 });
  const themes = [{ id: "layer-1", name: "Layer 1" }, { id: "meme", name: "Meme" }];
  return assets.chain((rows) => {
    const owner = fc.constantFrom(...rows.map(({ id }) => id));
    return fc.record({
      assets: fc.constant(rows.map(({ id, ...fields }) => assetRow(id, fields))),
      asset_aliases: fc.uniqueArray(
        fc.tuple(fc.constantFrom("First", "Second"), owner).map(([name, id]) => aliasRow(name, id)),
        { selector: ({ alias }) => alias },
      ),
      asset_provider_ids: fc.uniqueArray(owner.map((id) => providerIdRow(id)), {
        selector: ({ asset_id }) => asset_id,
      }),
    }).map((tables) => sampleRegistry({ themes, ...tables }));
  });
}
