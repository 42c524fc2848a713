// How many messages are waiting for the other people, so that the list shows where to look next.

import { useCallback, useEffect, useRef, useState } from "react";
import { get, paths } from "../api";
import type { Conversation, Person } from "../types";

const SLOWLY = 20_000;
const SOON = [600, 2500];

async function waiting(person: Person): Promise<[string, number]> {
  const { conversations } = await get<{ conversations: Conversation[] }>(paths.person(person.id));
  const private_ = conversations.filter((each) => each.kind !== "channel");
  return [person.id, private_.reduce((sum, each) => sum + each.unread, 0)];
}

/** Unread private messages by person id, and `soon`, to be called when something was done that others may get. */
export function useOthers(people: Person[], self: string | null): [Record<string, number>, () => void] {
  const [counts, setCounts] = useState<Record<string, number>>({});
  const timers = useRef<number[]>([]);
  const others = people.filter((each) => each.id !== self && each.standing !== "deactivated");
  const latest = useRef(others);
  latest.current = others;

  const look = useCallback(async () => {
    if (document.visibilityState !== "visible") return;
    const found = await Promise.all(latest.current.map(waiting)).catch(() => null);
    if (found) setCounts(Object.fromEntries(found));
  }, []);

  const soon = useCallback(() => {
    timers.current.forEach(clearTimeout);
    timers.current = SOON.map((wait) => window.setTimeout(look, wait));
  }, [look]);

  useEffect(() => {
    if (!people.length) return;
    void look();
    const timer = window.setInterval(look, SLOWLY);
    return () => {
      clearInterval(timer);
      timers.current.forEach(clearTimeout);
    };
  }, [look, self, people.length]);

  return [counts, soon];
}
