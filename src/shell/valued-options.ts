/**
 * Options that take the next word as their value, by program and where needed sub-command. What is not here takes none,
 * or takes it after `=`.
 */
export const VALUED_OPTIONS: Readonly<Record<string, string>> = {
  apt: '-o --option -c --config-file -t --target-release --default-release',
  'apt-get': '-o --option -c --config-file -t --target-release --default-release -a --host-architecture',
  'apt-key': '--keyring --keyserver --keyserver-options',
  aptitude: '-o -t --target-release --add-user-tag -w --width',
  apk:
    '-X --repository -p --root -t --virtual --arch --cache-dir --cache-max-age --keys-dir --repositories-file ' +
    '--wait --timeout --progress-fd',
  dnf:
    '--repoid --repofrompath --enableplugin --disableplugin --cve --advisory -c --config -e -d -x --exclude ' +
    '--enablerepo --disablerepo --repo --installroot --setopt --releasever',
  microdnf:
    '--repoid --repofrompath --enableplugin --disableplugin --cve --advisory -c --config -x --exclude ' +
    '--enablerepo --disablerepo --repo --installroot --setopt --releasever',
  tdnf:
    '--repoid --repofrompath --enableplugin --disableplugin --cve --advisory -c --config -x --exclude ' +
    '--enablerepo --disablerepo --repo --installroot --setopt --releasever',
  yum:
    '--repoid --repofrompath --enableplugin --disableplugin --cve --advisory -c --config -e -d -x --exclude ' +
    '--enablerepo --disablerepo --repo --installroot --setopt --releasever -R',
  zypper:
    '-c --config -R --root -r --repo --from -t --type -p --plus-repo -D --reposd-dir -C --cache-dir --download --plus-content --releasever',
  pacman: '-b --dbpath -r --root --arch --cachedir --config --gpgdir --hookdir --logfile --ignore --ignoregroup',
  pip:
    '-r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links -t --target -e ' +
    '--editable --prefix --root --src --python --log --proxy --cert --client-cert --cache-dir --trusted-host ' +
    '--timeout --retries --platform --python-version --implementation --abi --progress-bar --only-binary ' +
    '--no-binary --upgrade-strategy --config-settings -C --global-option --report --exists-action ' +
    '--use-feature --use-deprecated --build-option --group -w --wheel-dir -d --dest --root-user-action ' +
    '--keyring-provider --resume-retries --install-option -b --build',
  uv:
    '-r --requirement --requirements -c --constraint --constraints -i --index-url --default-index --index ' +
    '--extra-index-url -f --find-links -p --python -e --editable --extra --group --only-group --no-group -t ' +
    '--target --prefix --package --cache-dir --directory --project --config-file --no-extra ' +
    '--no-install-package --upgrade-package -P --link-mode --allow-insecure-host --override --overrides ' +
    '--resolution --with --index-strategy --python-version --python-platform',
  poetry: '-C --directory -P --project --with --without --only -E --extras --source -G --group --python',
  pipenv: '--python --pypi-mirror -c --categories -i --index -r --requirements -e --editable',
  npm:
    '--prefix -C --registry --cache -w --workspace --omit --include --only --loglevel --userconfig ' +
    '--globalconfig --tag --install-strategy --script-shell --otp --fetch-retries --fetch-timeout ' +
    '--maxsockets --cpu --os --libc --location -L --save-prefix --before --depth --proxy --https-proxy --noproxy ' +
    '--cafile --user-agent --audit-level --lockfile-version --scope',
  yarn:
    '--cwd --network-timeout --cache-folder --registry --modules-folder --network-concurrency --mutex ' +
    '--preferred-cache-folder --use-yarnrc --global-folder --prefix --link-folder --https-proxy --proxy ' +
    '--mode',
  pnpm:
    '-C --dir -F --filter --filter-prod --registry --store-dir --virtual-store-dir --reporter --loglevel ' +
    '--network-concurrency --modules-dir --lockfile-dir --package-import-method --fetch-timeout --node-linker',
  bun: '--cwd -c --config --registry --cache-dir --backend --filter --omit',
  gem:
    '-v --version -s --source -i --install-dir -n --bindir -P --trust-policy -p --http-proxy --platform ' +
    '--document -g --build-root --config-file',
  bundle: '--gemfile --jobs -j --path --retry -r --without --with --shebang --trust-policy --target-rbconfig',
  composer: '-d --working-dir --prefer-install --apcu-autoloader-prefix --ignore-platform-req --repository --stability',
  go:
    '-C -o -p -ldflags -gcflags -asmflags -gccgoflags -tags -mod -modfile -overlay -pkgdir -toolexec -exec ' +
    '-buildmode -run -compiler -installsuffix -covermode -coverpkg -pgo',
  cargo:
    '--features -F --target --target-dir --manifest-path --path --root --version --vers --git --branch --tag ' +
    '--rev --registry --index --profile -p --package -j --jobs --bin --example --test --bench --config -Z ' +
    '--color -C',
  dotnet:
    '-c --configuration -f --framework -r --runtime -o --output -s --source -v --verbosity --packages ' +
    '--configfile -a --arch --os --version --tool-path --add-source --version-suffix',
  mvn:
    '-f --file -P --activate-profiles -pl --projects -s --settings -gs --global-settings -t --toolchains -T ' +
    '--threads -rf --resume-from -l --log-file -b --builder',
  gradle:
    '-b --build-file -c --settings-file -g --gradle-user-home -p --project-dir -I --init-script -x ' +
    '--exclude-task --max-workers --console --warning-mode --project-cache-dir',
  conda: '-n --name -p --prefix -c --channel -f --file --solver --repodata-fn',
  'conda clean': '--tempfiles',
  curl:
    '-o --output -H --header -d --data --data-raw --data-binary --data-urlencode -u --user -A --user-agent -X ' +
    '--request -e --referer -x --proxy -b --cookie -c --cookie-jar -F --form -T --upload-file -m --max-time ' +
    '--connect-timeout --retry --retry-delay --retry-max-time -w --write-out -C --continue-at --cacert ' +
    '--capath -E --cert --key -K --config -y --speed-time -Y --speed-limit -r --range --limit-rate ' +
    '--max-redirs --resolve --url --ciphers --tls-max --proto --proto-redir --output-dir -U --proxy-user ' +
    '--noproxy --interface -D --dump-header --unix-socket --create-file-mode',
  wget:
    '-O --output-document -o --output-file -a --append-output -P --directory-prefix -t --tries -T --timeout ' +
    '-w --wait -U --user-agent --user --password --header --post-data --post-file -e --execute -i ' +
    '--input-file --limit-rate --ca-certificate --certificate --waitretry --progress --secure-protocol -A ' +
    '--accept -R --reject -l --level -Q --quota',
  git:
    '-C -c --git-dir --work-tree -b --branch --depth -o --origin -j --jobs --reference --separate-git-dir ' +
    '--filter -u --shallow-since --template',
  useradd:
    '-b --base-dir -c --comment -d --home-dir --home -e --expiredate -f --inactive -g --gid -G --groups -k ' +
    '--skel -K --key -p --password -R --root -P --prefix -s --shell -u --uid -Z --selinux-user',
  adduser:
    '-h --home -g --gecos --comment -s --shell -G --ingroup -u --uid --gid -k --conf --firstuid --lastuid ' +
    '--firstgid --lastgid -c -d -b -p',
  groupadd: '-g --gid -K --key -p --password -R --root -P --prefix -U --users',
  addgroup: '-g --gid --conf --firstgid --lastgid',
  usermod:
    '-c --comment -d --home -e --expiredate -f --inactive -g --gid -G --groups -l --login -p --password -R ' +
    '--root -P --prefix -s --shell -u --uid',
  tar:
    '-f --file -C --directory -T --files-from -X --exclude-from --exclude --strip-components --transform ' +
    '--xform -I --use-compress-program --owner --group --mode -b --blocking-factor',
  unzip: '-d -x -P',
  make: '-C --directory -f --file --makefile -I --include-dir -o --old-file -W --what-if --eval',
  cmake: '-S -B -G -D -C -U -T -A --build --install --target -t --config --prefix --preset -P -E',
  mkdir: '-m --mode',
  chown: '--from --reference',
  chmod: '--reference',
  chgrp: '--reference',
  cp: '-t --target-directory -S --suffix',
  mv: '-t --target-directory -S --suffix',
  ln: '-t --target-directory -S --suffix',
  install: '-m --mode -o --owner -g --group -t --target-directory -S --suffix',
  touch: '-d --date -r --reference -t',
  sed: '-e --expression -f --file -l --line-length',
  grep: '-e --regexp -f --file -m --max-count -A -B -C --include --exclude --exclude-dir',
  head: '-n --lines -c --bytes',
  tail: '-n --lines -c --bytes',
  sort: '-k --key -t --field-separator -o --output -S -T',
  cut: '-d --delimiter -f --fields -c --characters -b --bytes',
  rpm: '--root --dbpath -D --define -E --eval --prefix --relocate --rcfile',
  dpkg: '--root --admindir --instdir --log',
  set: '-o',
  read: '-p -t -n -N -d -a -i -u',
  mapfile: '-d -n -O -s -u -C -c',
  readarray: '-d -n -O -s -u -C -c',
  printf: '-v',
  ssh: '-i -p -l -o -F -L -R -D -W -b -c -E -J -m -O -Q -S -w',
  scp: '-i -P -o -F -c -l -S -J',
  rsync:
    '-e --rsh --exclude --include --exclude-from --include-from --files-from -f --filter --chmod --chown ' +
    '--partial-dir',
  gpg: '--keyserver --homedir -u --local-user -r --recipient -o --output --keyring --passphrase',
  python: '-c -m -W -X',
  node: '-e --eval -p --print -r --require --import --loader -C --conditions --env-file',
  ruby: '-e -r -I -C -E',
  perl: '-e -E -I -M',
  php: '-r -f -d -c -S -t -B -R -F -E -z',
  java: '-cp -classpath --class-path -p --module-path -m --module --add-modules -jar',
  gcc: '-o -I -L -D -x -include',
  'g++': '-o -I -L -D -x -include',
  clang: '-o -I -L -D -x -include',
  sudo:
    '-u --user -g --group -h --host -p --prompt -C --close-from -D --chdir -R --chroot -T --command-timeout ' +
    '-U --other-user -r --role -t --type',
  doas: '-u -C',
  env: '-u --unset -C --chdir -S --split-string',
  exec: '-a',
  nice: '-n --adjustment',
  ionice: '-c --class -n --classdata -p --pid',
  time: '-f --format -o --output',
  timeout: '-s --signal -k --kill-after',
  xargs: '-a --arg-file -d --delimiter -E -I -L --max-lines -n --max-args -P --max-procs -s --max-chars',
  stdbuf: '-i --input -o --output -e --error',
  chpst: '-u -U -b -e -m -d -o -p -f -c -r -t -n',
  setpriv: '--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig',
  tini: '-p -e',
  'dumb-init': '-r --rewrite',
  flock: '-w --wait --timeout -E --conflict-exit-code -c --command',
  su: '-c --command -s --shell -g --group -G --supp-group -w --whitelist-environment',
  runuser: '-c --command -u --user -s --shell -g --group -G --supp-group -w --whitelist-environment',
  'xvfb-run': '-n --server-num -s --server-args -e --error-file -f --auth-file -l -p --xauth-protocol -w --wait',
  bash: '-o -O +o +O --init-file --rcfile',
  sh: '-o +o',
  dash: '-o +o',
  ash: '-o +o',
  zsh: '-o +o',
  ksh: '-o +o',
  mksh: '-o +o',
};
