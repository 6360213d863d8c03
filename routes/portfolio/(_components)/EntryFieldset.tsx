import type { ComponentChildren } from "preact";
import { actionWord } from "../../../components/imports/actions.ts";
import { ACTIONS, BASE_CURRENCIES, CASH_IDS, cashIdOf } from "../../../services/portfolio/mod.ts";
import type { EntryField, EntryFields, EntryRefusal } from "./entry_form.ts";

export interface EntryFieldsetProps {
  readonly fields: EntryFields;
  readonly refusal: EntryRefusal | null;
}

/** The fields of a transaction; the rarer ones are folded. */
export function EntryFieldset(props: EntryFieldsetProps) {
  const { fields, refusal } = props;
  const hasMore = ["wallet", "venue", "tx_hash", "external_id"].some((name) =>
    fields[name as EntryField]
  );
  return (
    <>
      <div class="form-grid">
        <Field {...props} name="action" label="What happened">
          <select class="input" name="action">
            {ACTIONS.map((action) => (
              <option key={action} value={action} selected={action === fields.action}>
                {actionWord(action)}
              </option>
            ))}
          </select>
        </Field>
        <Text {...props} name="asset_id" label="Asset" list="assets-known" isRequired />
        <Text {...props} name="quantity" label="Quantity" isNumber isRequired />
        <Text {...props} name="unit_price" label="Unit price" isNumber />
        <Field {...props} name="price_asset" label="Price in">
          <select class="input" name="price_asset">
            {moneyCodes(fields.price_asset).map((code) => (
              <option key={code} value={code} selected={code === fields.price_asset}>{code}</option>
            ))}
          </select>
        </Field>
        <Field {...props} name="timestamp" label="Time, UTC">
          <input
            class="input"
            type="datetime-local"
            // A row that was imported to the millisecond stays so.
            step={fields.timestamp?.includes(".") ? "0.001" : "1"}
            name="timestamp"
            required
            defaultValue={fields.timestamp ?? ""}
            aria-invalid={refusal?.field === "timestamp" ? "true" : undefined}
          />
        </Field>
        <Text {...props} name="fee_amount" label="Fee" isNumber />
        <Text {...props} name="fee_asset" label="Fee paid in" list="assets-known" />
      </div>
      <p class="hint">
        Without a price, the stored close of its time counts; one in other money than dollars by the
        rate of its time. A fee becomes a row of its own, in the cost of what was bought.
      </p>
      <div class="form-grid">
        <Text {...props} name="account" label="Account" />
        <Text {...props} name="notes" label="Notes" />
      </div>
      <details open={hasMore}>
        <summary>Wallet, venue and references</summary>
        <div class="form-grid">
          <Text {...props} name="wallet" label="Wallet" />
          <Text {...props} name="venue" label="Venue" />
          <Text {...props} name="tx_hash" label="Transaction hash" />
          <Text {...props} name="external_id" label="Its id at the venue" />
        </div>
      </details>
    </>
  );
}

/** Codes of money that a price may be in, the most usual first. */
function moneyCodes(own: string | undefined): readonly string[] {
  const usual = BASE_CURRENCIES.filter((currency) => cashIdOf(currency) !== null);
  const others = CASH_IDS.map((id) => id.toUpperCase());
  return [...new Set([...own === undefined ? [] : [own], ...usual, ...others])];
}

interface FieldProps extends EntryFieldsetProps {
  readonly name: EntryField;
  readonly label: string;
  readonly children: ComponentChildren;
}

function Field({ name, label, refusal, children }: FieldProps) {
  const candidates = refusal?.field === name ? refusal.candidates : [];
  return (
    <label class="field">
      <span>{label}</span>
      {children}
      {candidates.length === 0
        ? null
        : <span class="hint" data-kind="bad">Perhaps {candidates.join(", ")}?</span>}
    </label>
  );
}

interface TextProps extends EntryFieldsetProps {
  readonly name: EntryField;
  readonly label: string;
  readonly list?: string;
  readonly isNumber?: boolean;
  readonly isRequired?: boolean;
}

function Text(
  { name, label, list, isNumber = false, isRequired = false, fields, refusal }: TextProps,
) {
  return (
    <Field name={name} label={label} fields={fields} refusal={refusal}>
      <input
        class="input"
        name={name}
        list={list}
        inputMode={isNumber ? "decimal" : undefined}
        autocomplete="off"
        required={isRequired}
        maxLength={256}
        defaultValue={fields[name] ?? ""}
        aria-invalid={refusal?.field === name ? "true" : undefined}
      />
    </Field>
  );
}
