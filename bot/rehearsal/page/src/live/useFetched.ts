// Something the workspace says, kept while it is fetched again; coming back to it shows the last known state at once.

import { useCallback, useEffect, useRef, useState } from "react";
import { get } from "../api";

const SETTLE = 40;
const known = new Map<string, unknown>();

/** Drops what is known below a path, if an old state would mislead. */
export function forget(prefix: string): void {
  for (const path of known.keys()) if (path.startsWith(prefix)) known.delete(path);
}

export interface Fetched<T> {
  data: T | undefined;
  error: string | null;
  reload: () => void;
}

/** A null path fetches nothing. Calls of `reload` within 40 ms become one; a late answer never beats a newer one. */
export function useFetched<T>(path: string | null): Fetched<T> {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState<{ path: string; error: string } | null>(null);
  const turn = useRef(0);
  const timer = useRef(0);

  const load = useCallback(async () => {
    if (!path) return;
    const mine = ++turn.current;
    try {
      const data = await get<T>(path);
      if (mine !== turn.current) return;
      known.set(path, data);
      setFailed(null);
    } catch (reason) {
      if (mine === turn.current) setFailed({ path, error: reason instanceof Error ? reason.message : String(reason) });
    }
    redraw((count) => count + 1);
  }, [path]);

  const reload = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(load, SETTLE);
  }, [load]);

  useEffect(() => {
    void load();
    return () => {
      turn.current++;
      clearTimeout(timer.current);
    };
  }, [load]);

  const data = path ? (known.get(path) as T | undefined) : undefined;
  return { data, error: failed && failed.path === path ? failed.error : null, reload };
}
