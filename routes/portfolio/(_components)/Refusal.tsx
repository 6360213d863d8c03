/** Why a form was refused, above its fields. */
export function Refusal({ message }: { readonly message: string }) {
  return <p class="hint" data-kind="bad" role="alert">{message}</p>;
}
