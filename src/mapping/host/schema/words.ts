/** Keywords as one reads them: parted by blanks. */
export function words(text: string): string[] {
  return text.split(/\s+/);
}
