// The app's Home tab, asked for each time it is opened.

import { useEffect, useRef, useState } from "react";
import { openHome } from "../api";
import { Blocks } from "../blocks/Blocks";
import { useLiveBlocks } from "../blocks/useLiveBlocks";
import { useReader } from "../live/reader";
import { useKeptFocus } from "../live/useKeptFocus";
import { texts } from "../texts";
import type { View } from "../types";
import { BotAvatar } from "../ui/Avatar";
import { Empty, Failed, Loading } from "../ui/States";

const PATIENCE = 6000;

export function AppHome({ view, loaded, reload }: { view: View | null; loaded: boolean; reload: () => void }) {
  const { uid } = useReader();
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState("");
  const [late, setLate] = useState(false);
  const retry = () => setAttempt((count) => count + 1);

  useEffect(() => {
    let left = false;
    setError("");
    setLate(false);
    const timer = window.setTimeout(() => setLate(true), PATIENCE);
    void openHome(uid).then((outcome) => {
      if (left) return;
      if (!outcome.ok) setError(outcome.error ?? texts.unreachable);
      reload();
    });
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [uid, attempt, reload]);

  if (view) return <HomeView view={view} />;
  if (error) return <Failed error={error} retry={retry} />;
  if (!late || !loaded) return <Loading label={texts.loadingHome} />;
  return (
    <Empty title={texts.homeEmpty} picture={<BotAvatar size={48} />}>
      <p>{texts.homeEmptyMore}</p>
      <button type="button" className="button" onClick={retry}>{texts.tryAgain}</button>
    </Empty>
  );
}

export function HomeView({ view }: { view: View }) {
  const live = useLiveBlocks({ type: "view", view_id: view.id }, view.blocks, view.state?.values);
  const home = useRef<HTMLDivElement>(null);
  const left = useKeptFocus(home);
  return (
    <div ref={home} onBlur={left} className="home" role="tabpanel" aria-label={texts.home} tabIndex={0}>
      <div className="home-content">
        <Blocks blocks={view.blocks} live={live} />
      </div>
    </div>
  );
}
