// A small value kept in this browser; without storage, it is kept until the page closes.

import { useCallback, useState } from "react";

const PREFIX = "rehearsal.";

function load<T>(key: string, otherwise: T): T {
  try {
    const text = window.localStorage.getItem(PREFIX + key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function useStored<T>(key: string, otherwise: T): [T, (value: T | ((before: T) => T)) => void] {
  const [value, setValue] = useState(() => load(key, otherwise));
  const store = useCallback(
    (change: T | ((before: T) => T)) =>
      setValue((before) => {
        const next = change instanceof Function ? change(before) : change;
        try {
          window.localStorage.setItem(PREFIX + key, JSON.stringify(next));
        } catch {
          // Private windows may forbid storage: the state still holds for now.
        }
        return next;
      }),
    [key],
  );
  return [value, store];
}
