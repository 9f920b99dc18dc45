/** What the user wrote to steer the run makes no sense; the message is one line and says what to write instead. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
