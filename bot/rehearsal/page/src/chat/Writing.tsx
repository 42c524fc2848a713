// Below the messages: the composer, or why you can't write here and where to go instead.

import { texts } from "../texts";
import type { Command, Conversation } from "../types";
import { Trouble } from "../ui/States";
import { Composer } from "./Composer";

interface Props {
  conversation: Conversation;
  barred: string | null;
  bot: string;
  commands: Command[];
  draft: string;
  onDraft: (text: string) => void;
  onSent: () => void;
}

export function Writing({ conversation, barred, ...composer }: Props) {
  const { id, kind, name, member, read_only } = conversation;
  if (barred || !member) return <div className="composer-frame"><Trouble>{barred ?? texts.notMember(name)}</Trouble></div>;
  if (read_only) return <div className="composer-frame"><p className="read-only">{texts.readOnly(name, composer.commands[0]?.command)}</p></div>;
  return <Composer channel={id} name={kind === "channel" ? `#${name}` : name} {...composer} />;
}
