/** How a build may tell what goes on. */
export const PROGRESS = ['auto', 'plain', 'json'] as const;
