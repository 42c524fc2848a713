// Whether a media query holds now.

import { useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => window.matchMedia(query).matches,
  );
}

export const usePhone = () => useMedia("(max-width: 640px)");
export const useDark = () => useMedia("(prefers-color-scheme: dark)");
