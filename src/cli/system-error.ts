const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'the file is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'the file exists already',
  EINVAL: 'the system refuses it (invalid argument)',
  EIO: 'the device reports an error',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open',
  ENODEV: 'there is no such device',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is not a directory',
  ENXIO: 'it is a socket or a device without a reader',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'the file is being run',
};

/** The system's code of a failed call, such as `ENOENT`; `undefined` for any other error. */
export const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

/** Why a call to the system failed, as a clause; an error of another kind is a bug and is thrown on. */
export const reasonOf = (error: unknown): string => {
  const code = codeOf(error);
  if (code === undefined) throw error;
  return REASONS[code] ?? code;
};
