// Which conversation is open: the one in the address, else the app's; on a phone none until one is chosen.

import { useEffect } from "react";
import type { Conversation } from "../types";
import { usePhone } from "./useMedia";
import type { Go, Route } from "./useRoute";

export function useShown(all: Conversation[] | undefined, route: Route, go: Go): Conversation | undefined {
  const phone = usePhone();
  const wanted = all?.find((each) => each.id === route.conversation);
  const shown = wanted ?? (phone ? undefined : all?.find((each) => each.kind === "app"));
  const lost = all !== undefined && route.conversation !== (shown?.id ?? null);

  useEffect(() => {
    if (lost) go({ conversation: shown?.id ?? null }, true);
  }, [lost, shown?.id, go]);

  return shown;
}
