// Which of the three first steps are done; remembered in this browser.

import { useCallback, useEffect, useRef } from "react";
import { useStored } from "../live/useStored";
import { texts } from "../texts";
import { useToast } from "../ui/Toast";
import type { Workspace } from "../types";

/** What completes each step: the title of the form that is sent, then the words on the button. */
const SIGNS = ["Ask for a recording", "Approve", "Listen"];

export function useSteps(workspace: Workspace) {
  const [shown, setShown] = useStored("hint", true);
  const [done, setDone] = useStored("steps", [false, false, false]);
  const asker = workspace.people[0]?.name.split(" ")[0] ?? "";

  const tick = useCallback(
    (did?: string) => {
      const place = did ? SIGNS.indexOf(did) : -1;
      if (place >= 0) setDone((before) => before.map((each, at) => each || at === place));
    },
    [setDone],
  );
  const show = useCallback(() => setShown(true), [setShown]);
  const dismiss = useCallback(() => setShown(false), [setShown]);

  const toast = useToast();
  const all = done.every(Boolean);
  const before = useRef(all);
  useEffect(() => {
    if (all && !before.current) {
      toast(texts.hintAllDone);
      setShown(false);
    }
    before.current = all;
  }, [all, toast, setShown]);

  const steps = workspace.hint?.length ? workspace.hint : texts.hint(asker);
  return { shown, texts: steps, done: steps.map((_, at) => done[at] ?? false), tick, show, dismiss };
}
