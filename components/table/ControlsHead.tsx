/** Heads the column with a row's buttons: seen by readers of the page aloud alone. */
export function ControlsHead() {
  return (
    <th scope="col" class="num">
      <span class="sr">Controls</span>
    </th>
  );
}
