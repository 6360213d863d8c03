/**
 * Heads the column with a row's buttons: seen by readers of the page aloud alone. With a priority
 * the column gives way to others where there is little room.
 */
export function ControlsHead({ priority }: { readonly priority?: number }) {
  return (
    <th scope="col" class="num" data-pri={priority}>
      <span class="sr">Controls</span>
    </th>
  );
}
