import { Shell } from "../components/shell/Shell.tsx";
import CommandPalette from "../islands/CommandPalette.tsx";
import ExplainDrawer from "../islands/ExplainDrawer.tsx";
import LiveMarket from "../islands/LiveMarket.tsx";
import PrivacyControl from "../islands/PrivacyControl.tsx";
import Shortcuts from "../islands/Shortcuts.tsx";
import ThemeControl from "../islands/ThemeControl.tsx";
import { define, UNKNOWN_STATUS } from "./page_state.ts";

/** The shell around every page, with the islands that work on all of them. */
export default define.layout(function Layout({ Component, state, url }) {
  // A page for an error may be drawn before the state of the data is known.
  const status = state.status ?? UNKNOWN_STATUS;
  return (
    <Shell
      path={url.pathname}
      status={status}
      now={state.clock.now()}
      version={state.version}
      search={<CommandPalette />}
      controls={
        <>
          <LiveMarket isDemo={status.isDemo} />
          <PrivacyControl />
          <ThemeControl />
        </>
      }
      overlays={
        <>
          <ExplainDrawer />
          <Shortcuts />
        </>
      }
    >
      <Component />
    </Shell>
  );
});
