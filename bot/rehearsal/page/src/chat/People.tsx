// The people of the company on the left: choose one with a click, or Alt and a digit.

import { useEffect } from "react";
import { texts } from "../texts";
import type { Person } from "../types";
import { Avatar } from "../ui/Avatar";

interface Props {
  people: Person[];
  self: string;
  waiting: Record<string, number>;
  onChoose: (id: string) => void;
}

function useDigits(people: Person[], onChoose: (id: string) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const person = digit && event.altKey && !event.ctrlKey && !event.metaKey ? people[Number(digit) - 1] : undefined;
      if (!person || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      onChoose(person.id);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [people, onChoose]);
}

export function People({ people, self, waiting, onChoose }: Props) {
  useDigits(people, onChoose);
  return (
    <nav className="people" aria-labelledby="people-title">
      <h2 id="people-title">{texts.people}</h2>
      <ul>
        {people.map((person, place) => (
          <li key={person.id}>
            <PersonButton person={person} digit={place + 1} current={person.id === self} waiting={waiting[person.id] ?? 0} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface ButtonProps {
  person: Person;
  digit: number;
  current: boolean;
  waiting: number;
  onChoose: (id: string) => void;
}

function PersonButton({ person, digit, current, waiting, onChoose }: ButtonProps) {
  const mark = texts.standing[person.standing];
  const tip = [person.name, person.title, digit <= 9 ? `Alt ${digit}` : ""].filter(Boolean).join(" · ");
  return (
    <button
      type="button" className="person" data-testid={`person-${person.id}`} data-standing={person.standing}
      aria-current={current || undefined} title={tip} onClick={() => onChoose(person.id)}
    >
      <Avatar initials={person.initials} colour={person.colour} size={30} />
      <span className="person-words">
        <span className="person-name">{person.name}</span>
        <span className="person-title">{person.title}</span>
        {mark && <span className="person-mark">{mark}</span>}
      </span>
      {waiting > 0 && !current && <Badge count={waiting} />}
    </button>
  );
}

export function Badge({ count }: { count: number }) {
  return (
    <span className="badge">
      {count}
      <span className="sr-only"> {texts.unread(count).replace(/^\d+ /, "")}</span>
    </span>
  );
}
