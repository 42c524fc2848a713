// The stream of changes for one person, and whether it is connected.

import { useCallback, useEffect, useRef, useState } from "react";
import { paths } from "../api";
import type { Happening } from "../types";

const RETRY = 2000;
const PATIENCE = 1500;

/** Calls `onBack` whenever the stream opens again after a loss: what was missed must be fetched. */
export function useLive(uid: string | null, onHappening: (what: Happening) => void, onBack: () => void) {
  const [lost, setLost] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const listeners = useRef({ onHappening, onBack });
  listeners.current = { onHappening, onBack };
  const retry = useCallback(() => setAttempt((count) => count + 1), []);

  useEffect(() => {
    if (!uid) return;
    let missed = attempt > 0;
    let warning = 0;
    let again = 0;
    const source = new EventSource(paths.events(uid));
    source.onopen = () => {
      clearTimeout(warning);
      warning = 0;
      setLost(false);
      if (missed) listeners.current.onBack();
      missed = false;
    };
    source.onmessage = (event: MessageEvent<string>) => listeners.current.onHappening(JSON.parse(event.data) as Happening);
    source.onerror = () => {
      missed = true;
      // The browser tries again by itself, each time with an error, until a server answers with something else.
      warning ||= window.setTimeout(() => setLost(true), PATIENCE);
      if (source.readyState === EventSource.CLOSED) again = window.setTimeout(retry, RETRY);
    };
    return () => {
      clearTimeout(warning);
      clearTimeout(again);
      source.close();
    };
  }, [uid, attempt, retry]);

  return { lost, retry };
}
