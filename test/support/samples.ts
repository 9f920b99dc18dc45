/** Small files of our own that hold every construct of the format. */
export const SAMPLES: readonly string[] = [
  'FROM alpine:3.20\nRUN echo hello\nCMD ["sh"]\n',
  '# syntax=docker/dockerfile:1\n# escape=`\nFROM mcr.microsoft.com/windows/nanoserver AS base\nRUN dir `\n    c:\\ \nCOPY a\\b c:\\x\\\n',
  'ARG V=1\nARG A B=2 C="x y"\nFROM --platform=$BUILDPLATFORM img:${V:-3} AS first\nFROM first\nCOPY --from=first --chown=a:b /x /y z/\n',
  'FROM a\nENV a=1 b="two words" c=\'$no\' d=e\\ f\nENV old style value = "x"\nLABEL k="v" "q k"=v\n',
  'FROM a\nRUN apt-get update \\\n # a comment ends in an escape \\\n\n   && apt-get install -y \\\n\t  curl \\  \n  && rm -rf /var/lib/apt/lists/*\n',
  'FROM a\nRUN <<EOF\n#!/bin/sh\necho "$HOME" # not a comment \\\nEOF\nCOPY <<-"A" <<B /to/\n\tone\n\tA\ntwo\nB\nADD <<E\\\nOF /x\nbody\nEOF\n',
  'FROM a\nHEALTHCHECK --interval=30s --timeout=3s CMD curl -f http://localhost/ || exit 1\nHEALTHCHECK NONE\nHEALTHCHECK CMD ["a", "b"]\n',
  'FROM a\nONBUILD COPY --chown=1 . /x\nONBUILD RUN <<E\nx\nE\nONBUILD ENTRYPOINT [ "a" , "\\u00e9\\n" ]\n',
  'FROM a\r\nRUN b \\\r\n  c\r\nRUN <<E\r\nx\r\nE\r\n\r\n# done\r\n',
  'from a as b\nexpose 80 443/tcp 8000-8010/udp\nvolume ["/a", "/b c"]\nvolume /d /e\nuser app:app\nworkdir /a b\nstopsignal SIGTERM\nmaintainer me <me@example.com>\n',
  'FROM a\nSHELL ["powershell", "-Command"]\nRUN --mount=type=cache,target=/x,"id=a,b" --network=none --security=insecure x\nCMD\nENTRYPOINT []\n',
  'RUN no stage\nFROMM a\nCOPY one\nENV\n  \\\nHEALTHCHECK x\nCMD ["a", 1]\nENV a b=c d=\nADD <<EOF\nnever ends',
  'FROM a\nRUN echo ${A:-${B:+"${C#*/}"}} ${D/x/y}${E//a/${F%%b}} $1 $@ "$G" \'$H\' \\$I\nWORKDIR ${X?no} "a\'b\nUSER ${a^}\n',
  '\\\nFR\\\nOM a\\\n:1 \\\n\n# c\n  A\\\nS b\nRU\\\nN x \\\n',
];
