import { HttpError } from "fresh";
import { Head } from "fresh/runtime";
import { EmptyState } from "../components/states/States.tsx";
import { AppError } from "../services/kernel/errors.ts";
import { define } from "./page_state.ts";

/**
 * What a reader may be told of an error. Messages of refusals are written for readers; of any
 * other error only the log speaks, under the request's id.
 */
function wordsOf(error: unknown): { readonly title: string; readonly text: string } {
  if (error instanceof AppError || (error instanceof HttpError && error.status < 500)) {
    return { title: "This request was refused", text: `${error.message}.` };
  }
  return {
    title: "This page could not be made",
    text: "Something failed on the server while it was put together. Nothing was changed by it.",
  };
}

/** An error, without its insides: what failed, what still works, and the id to find it by. */
export default define.page(function ServerError({ error, state, url }) {
  const { title, text } = wordsOf(error);
  return (
    <>
      <Head>
        <title>Error · Tokenlysis</title>
      </Head>
      <header class="page-head">
        <h1>{title}</h1>
      </header>
      <EmptyState
        icon="error"
        level={2}
        title="What happened"
        actions={
          <>
            <a class="btn" data-kind="primary" href={url.pathname + url.search}>Try again</a>
            <a class="btn" href="/">Go to the overview</a>
          </>
        }
      >
        {text} The other pages and the API still answer.
      </EmptyState>
      <p class="second">
        Request id <code>{state.requestId}</code>: the log has the cause under it.
      </p>
    </>
  );
});
