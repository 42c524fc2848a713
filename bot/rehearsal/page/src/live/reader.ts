// What drawing a message needs to know: the reader, the clock, and all people.

import { createContext, useContext } from "react";
import type { Person } from "../types";

export interface Reader {
  uid: string;
  zone: string;
  now: () => Date;
  dark: boolean;
  nameOf: (id: string) => string;
  /** Something was done that others may hear of: a form sent (“submit”), or the button with these words pressed. */
  acted: (did?: string) => void;
}

export const ReaderContext = createContext<Reader | null>(null);

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error("no reader above this component");
  return reader;
}

export function namesOf(people: Person[], bot: { id: string; name: string }): (id: string) => string {
  const names = new Map([[bot.id, bot.name], ...people.map((each): [string, string] => [each.id, each.name])]);
  return (id) => names.get(id) ?? id;
}
