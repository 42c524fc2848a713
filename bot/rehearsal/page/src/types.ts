// The shapes that the stand-in workspace sends, and the parts of Slack's Block Kit that the page handles itself.

export type Standing = "member" | "guest" | "foreign" | "deactivated";

export interface Person {
  id: string;
  name: string;
  title: string;
  zone: string;
  standing: Standing;
  initials: string;
  colour: string;
}

export interface Command {
  command: string;
  description: string;
  usage_hint: string;
}

export interface Workspace {
  now: string;
  company: string;
  team: { id: string; name: string };
  bot: { id: string; name: string };
  people: Person[];
  commands: Command[];
  faults: { mode: string };
  fault_modes: { mode: string; label: string }[];
  hint?: string[];
  mailbox?: Mailbox;
}

/** Where to read the company's letters to customers, and how many are unread. */
export interface Mailbox {
  url: string;
  unread: number;
}

export type ConversationKind = "channel" | "dm" | "app";

export interface Conversation {
  id: string;
  kind: ConversationKind;
  name: string;
  unread: number;
  member: boolean;
  read_only: boolean;
}

export interface Author {
  id: string;
  name: string;
  bot: boolean;
  initials: string;
  colour: string;
}

export interface ChatMessage {
  ts: string;
  from: Author;
  text: string;
  blocks: Block[] | null;
  ephemeral: boolean;
  edited: boolean;
  at: string;
}

export interface Words {
  type: "plain_text" | "mrkdwn";
  text: string;
  emoji?: boolean;
  verbatim?: boolean;
}

export interface Option {
  text: Words;
  value: string;
  description?: Words;
}

export interface OptionGroup {
  label: Words;
  options: Option[];
}

export interface ConfirmDialog {
  title: Words;
  text: Words;
  confirm: Words;
  deny: Words;
  style?: "primary" | "danger";
}

export interface Element {
  type: string;
  action_id: string;
  text?: Words;
  value?: string;
  url?: string;
  style?: "primary" | "danger";
  confirm?: ConfirmDialog;
  accessibility_label?: string;
  placeholder?: Words;
  options?: Option[];
  option_groups?: OptionGroup[];
  initial_value?: string;
  initial_option?: Option;
  initial_options?: Option[];
  initial_date?: string;
  initial_time?: string;
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_query_length?: number;
  max_selected_items?: number;
  focus_on_load?: boolean;
  dispatch_action_config?: { trigger_actions_on?: string[] };
}

export interface Block {
  type: string;
  block_id: string;
  text?: Words;
  fields?: Words[];
  accessory?: Element;
  elements?: Element[];
  element?: Element;
  label?: Words;
  hint?: Words;
  optional?: boolean;
  dispatch_action?: boolean;
}

/** What one control holds, as in Slack's `state.values[block_id][action_id]`. */
export interface Held {
  type: string;
  value?: string | null;
  selected_option?: Option | null;
  selected_options?: Option[];
  selected_date?: string | null;
  selected_time?: string | null;
}

export type Values = Record<string, Record<string, Held>>;

export interface View {
  id: string;
  hash: string;
  type: "modal" | "home";
  title?: Words;
  submit?: Words | null;
  close?: Words | null;
  blocks: Block[];
  state?: { values: Values };
  previous_view_id?: string | null;
}

export interface Views {
  modal: View | null;
  home: View | null;
}

export type Container = { type: "message"; channel: string; ts: string } | { type: "view"; view_id: string };

export interface Happening {
  type: "message" | "updated" | "deleted" | "ephemeral" | "modal" | "home" | "unread" | "clock" | "faults" | "people" | "mail";
  channel?: string;
  ts?: string;
}

export interface Outcome {
  ok: boolean;
  error?: string;
  errors?: Record<string, string>;
}

export interface ClockState {
  now: string;
  next: string | null;
  next_label: string | null;
}

/** One thing that happened while the clock moved; `note` says who got what, or nothing. */
export interface OnTheWay {
  at: string;
  words: string;
  note: string;
}

/** What happened when the clock moved; `zone` is the company's. */
export interface Moved extends ClockState {
  happened: OnTheWay[];
  happened_more: number;
  zone: string;
}
