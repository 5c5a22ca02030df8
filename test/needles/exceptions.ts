/** A place that may get lost in silence, and why that loses nothing. */
export interface Exception {
  /** Whose wire it stands on; absent: everybody's. */
  format?: string;
  place: RegExp;
  /** Only this value. */
  value?: unknown;
  why: string;
}

/** Places of requests. */
export const requestExceptions: readonly Exception[] = [
  {
    place: /cache_control\.type$|prompt_cache_breakpoint\.mode$/,
    why: "a mark is there or not; the word has one value",
  },
  {
    place:
      /^output_(config\.)?format\.type$|user_location\.type$|grammar\.syntax$|^tool_choice\.allowed_tools\.tools\[\]\.type$/,
    why: "the only value that its object can have",
  },
  {
    place:
      /tool_calls\[\]\.type$|content\[\]\.thinking\[\]\.type$|reasoning_details\[\]\.type$|summary\[\]\.type$/,
    why: "the members beside it say the same",
  },
  {
    format: "openai-responses",
    place: /^input\[\]\.content\[\]\.type$/,
    why: "reasoning_text is the only content that a reasoning item has",
  },
  {
    format: "openai-responses",
    place: /^input\[\]\.role$/,
    why: "tools that are added in mid-conversation are the developer's",
  },
  {
    format: "openai-responses",
    place: /^input\[\]\.id$/,
    why: "the name under which the server that wrote an item holds it",
  },
  {
    format: "gemini",
    place: /^systemInstruction\.role$|^generateContentRequest\./,
    why: "the instruction has no other speaker; a count repeats its model and roles",
  },
  { format: "gemini", place: /propertyOrdering/, why: "the order in which the properties stand is kept" },
  { format: "gemini", place: /response_?mime_?type$/i, why: "a schema is there, and it is JSON" },
  { place: /^max_tokens$/, why: "max_completion_tokens stands beside it and wins" },
  {
    place: /reasoning_details\[\]\.(format|index)$/,
    why: "they say whose a token is, and where; a token that fits no thought is said below",
  },
  {
    place: /reasoning_details\[\]\.signature$/,
    value: "sig1",
    why: "tokens of several thoughts whose words were told as one fit none of them",
  },
  { place: /reasoning_details\[\]\.signature$/, value: "sig2", why: "the same" },
  {
    format: "anthropic",
    place: /^messages\[\]\.role$/,
    value: "user",
    why: "results of tools are the user's, whoever is said to speak",
  },
  { place: /^parallel_tool_calls$|^tool_choice$/, why: "there are no tools" },
  { place: /^stream(_options\..*)?$/, why: "how the client wants its own answer; the bridge sees to it" },
  { place: /^prompt_cache_options\.mode$/, why: "explicit: no cache is asked for beyond the marks" },
  { place: /\$schema$/, why: "which draft of JSON Schema it is, and all that are in use here agree" },
  {
    place: /(parameters|input_schema)\.type$/,
    why: "an object without properties: a tool without arguments",
  },
  { place: /disable_parallel_tool_use$|function\.strict$/, value: false, why: "it is so without being said" },
  { place: /detail$/, value: "auto", why: "it asks for nothing" },
  {
    place: /includeThoughts$|thinking\.display$/,
    value: false,
    why: "nothing to show is nothing to ask of a model that has no thoughts",
  },
  {
    place: /thinking\.display$/,
    value: "omitted",
    why: "nothing to show is nothing to ask of a model that has no thoughts",
  },
  { place: /source\.media_type$/, value: "text/plain", why: "a text has no other type" },
  {
    place: /(schema|parameters)\.properties\.\w+\.type$/i,
    value: "string",
    why: "the values that are listed say the type",
  },
  { place: /json_schema\.strict$|^text\.format\.strict$/, why: "an answer by schema is always strict there" },
];

/** Places of answers. */
export const answerExceptions: readonly Exception[] = [
  {
    place: /(^|\.)(object|role)$|^type$|stop_details\.type$/,
    why: "the only value that it can have in an answer",
  },
  {
    place: /(^|\.)(created|created_at|createTime)$/,
    why: "when it was answered: the HTTP head says so, too",
  },
  { place: /total_?tokens?(Count)?$/i, why: "the sum of the others" },
  { place: /^(candidates|choices)\[\]\.index$|content\[\]\.index$/, why: "the place in the list" },
  { place: /bytes\[\]$/, why: "the bytes of the token beside it" },
  {
    format: "openai-responses",
    place: /^output\[\]\.(id|status|role)$|^status$/,
    why: "the name under which its server holds an item; how far it is follows from the end",
  },
  {
    format: "openai-responses",
    place:
      /^(background|instructions|max_|metadata|parallel_|prompt_cache|reasoning|safety_|store|temperature|text\.|tool|top_|truncation|user)/,
    why: "the echo of the request",
  },
  {
    place:
      /(annotations|thinking|summary|tool_calls|reasoning_details|citations)\[\]\.(type|index)$|content\[\]\.type$/,
    why: "the members beside it say the same",
  },
  { place: /caller\.type$/, why: "direct: the model itself, as everywhere" },
  { place: /message\.audio\.id$/, why: "the name under which its server holds it" },
  {
    format: "openai-chat",
    place: /message\.reasoning$|native_finish_reason$/,
    why: "said a second time beside it",
  },
];

/** Places of canonical answers. */
export const canonicalExceptions: readonly Exception[] = [
  {
    place: /^v$|^created$|^usage\.total$|\.index$/,
    why: "the version of the form; the time, the sum and the number are known anyway",
  },
  {
    place: /(itemId|owner|src\.fileId)$/,
    why: "the name under which its server holds a thing, and whose name it is",
  },
  { place: /stop\.raw$/, why: "the upstream's own word for the reason beside it" },
  {
    place: /(complete|redacted)$|annotations\[\]\.kind$|parts\[\]\.kind$/,
    why: "the members beside it say the same",
  },
  { place: /bytes\[\]$/, why: "the bytes of the token beside it" },
  { place: /caller\.type$/, why: "direct: the model itself, as everywhere" },
];

/** Places of a stream's frames, besides those that another frame repeats. */
export const streamExceptions: readonly Exception[] = [
  {
    place: /event$|sequence_number$|obfuscation$/,
    why: "how frames are framed and numbered, and what pads them",
  },
  {
    place:
      /\.(role|object|status)$|(content_block|delta|item|part|message|annotation|summary\[\]|content\[\]|annotations\[\]|thinking\[\]|tool_calls\[\]|reasoning_details\[\]|output\[\])\.type$/,
    why: "the kind of a frame says the same",
  },
  {
    place: /(^|_|\.)(index|output_index|content_index|summary_index|annotation_index)$/,
    why: "numbers by which frames belong together",
  },
  {
    place: /\.(created|created_at|createTime)$|total_?tokens?(Count)?$/i,
    why: "time and sums, as in a document",
  },
  {
    place:
      /safetyRatings|groundingMetadata\.webSearchQueries|trafficType|content_filter_|prompt_filter_|x_groq\.id|plan_type|rate_limits/,
    why: "what only clients of the same format could be told, and they get the stream as it came",
  },
  { format: "gemini", place: /partialArgs\[\]\.nullValue$/, why: "null has one word" },
  {
    format: "gemini",
    place: /usageMetadata\.candidatesTokenCount$/,
    why: "counts are cumulative: later ones stand for earlier ones",
  },
  {
    format: "anthropic",
    place: /stop_reason$|usage\.output_tokens$|delta\.text$|message\.id$/,
    why: "the answer begins again, which is an error: nothing after it counts",
  },
  { place: /item\.encrypted_content$/, why: "the item that is done says it again, and that one counts" },
  { place: /item(_id|\.id)$|output\[\]\.id$/, why: "ids that change with every event name nothing" },
  { place: /\.data$/, value: "[DONE]", why: "the end, which another event has told before" },
  { place: /bytes\[\]$/, why: "the bytes of the token beside it" },
];

export function excepts(
  list: readonly Exception[],
): (format: string, what: string, value: unknown) => boolean {
  return (format, what, value) =>
    list.some(
      (one) =>
        (one.format ?? format) === format &&
        one.place.test(what) &&
        (!("value" in one) || one.value === value),
    );
}
