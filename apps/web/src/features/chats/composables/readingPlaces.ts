/** Where the reader was in chats left before the end, for coming back to; lives as long as the page. */
export const readingPlaces = new Map<string, { seq: number; key: string; offset: number }>();
