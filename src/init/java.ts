import { type Folder, has, presentOf } from './folder.ts';
import { IMAGES, USERS, VERSIONS } from './images.ts';
import { cachedRun, programOf, type Recipe } from './recipe.ts';

/** A project with a pom.xml or a build.gradle. */
export const javaRecipe = (folder: Folder): Recipe | undefined => {
  const pom = folder.text('pom.xml');
  if (pom !== undefined) return recipeOf('Maven', pom, mavenBuild(folder, pom));
  const [script] = presentOf(folder, 'build.gradle.kts', 'build.gradle');
  const text = script === undefined ? undefined : folder.text(script);
  return text === undefined ? undefined : recipeOf('Gradle', text, gradleBuild(folder, text));
};

const recipeOf = (tool: string, text: string, build: readonly string[]): Recipe => {
  const framework = FRAMEWORKS.find(([, pattern]) => pattern.test(text))?.[0];
  const isQuarkus = framework === 'Quarkus';
  const port = framework === undefined ? undefined : 8080;
  const final = [
    `FROM ${IMAGES.jre(javaVersion(text))}`,
    'WORKDIR /app',
    isQuarkus ? 'COPY --from=build /out ./' : 'COPY --from=build /out/app.jar ./',
    ...programOf(USERS.other, ['java', '-jar', isQuarkus ? 'quarkus-run.jar' : 'app.jar'], port, 'nc'),
  ];
  return {
    kind: 'java',
    title: ['Java', tool, framework].filter(Boolean).join(', '),
    stages: [build, final],
    ignored: ['target', 'build', '.gradle', 'out'],
    port,
    notes:
      framework === undefined ? ['`java -jar` needs a jar that names its main class and has its libraries in it'] : [],
  };
};

const FRAMEWORKS = [
  ['Quarkus', /io\.quarkus/],
  ['Spring Boot', /org\.springframework\.boot|spring-boot/],
  ['Micronaut', /io\.micronaut/],
] as const;

/** The release of Java that the build names. */
const javaVersion = (text: string): string =>
  /<(?:java\.version|maven\.compiler\.(?:release|target)|release)>\s*(\d{1,2})\s*</.exec(text)?.[1] ??
  /(?:JavaLanguageVersion\.of\(|jvmToolchain\(|JavaVersion\.VERSION_)(\d{1,2})/.exec(text)?.[1] ??
  VERSIONS.java;

/** Takes the one jar that is a program out of a folder of several. */
const takeJar = (folder: string): string =>
  `find ${folder} -maxdepth 1 -name '*.jar' ! -name '*-plain.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name 'original-*' -exec cp {} /out/app.jar ';'`;

const mavenBuild = (folder: Folder, pom: string): readonly string[] => {
  const take = /io\.quarkus/.test(pom) ? 'cp -r target/quarkus-app/. /out' : takeJar('target');
  return [
    `FROM ${IMAGES.maven(javaVersion(pom))} AS build`,
    'WORKDIR /src',
    'COPY pom.xml ./',
    ...(has(folder, '.mvn') ? ['COPY .mvn ./.mvn'] : []),
    cachedRun(['/root/.m2'], 'mvn --batch-mode dependency:go-offline'),
    'COPY . .',
    cachedRun(['/root/.m2'], `mvn --batch-mode -DskipTests package \\\n    && mkdir /out \\\n    && ${take}`),
  ];
};

/** A wrapper brings the Gradle that the build was written for. */
const gradleBuild = (folder: Folder, text: string): readonly string[] => {
  const hasWrapper = has(folder, 'gradlew') && has(folder, 'gradle');
  const version = javaVersion(text);
  const gradle = `${hasWrapper ? 'sh ./gradlew' : 'gradle'} --no-daemon`;
  const cache = hasWrapper ? '/root/.gradle' : '/home/gradle/.gradle';
  const settings = ['build.gradle.kts', 'build.gradle', 'settings.gradle.kts', 'settings.gradle', 'gradle.properties'];
  const isQuarkus = /io\.quarkus/.test(text);
  const take = isQuarkus ? 'cp -r build/quarkus-app/. /out' : takeJar('build/libs');
  const task = /org\.springframework\.boot/.test(text) ? 'bootJar' : isQuarkus ? 'quarkusBuild' : 'assemble';
  return [
    `FROM ${hasWrapper ? IMAGES.jdk(version) : IMAGES.gradle(version)} AS build`,
    'WORKDIR /src',
    `COPY ${presentOf(folder, ...settings, 'gradlew').join(' ')} ./`,
    ...(has(folder, 'gradle') ? ['COPY gradle ./gradle'] : []),
    cachedRun([cache], `${gradle} dependencies`),
    'COPY . .',
    cachedRun([cache], `${gradle} ${task} \\\n    && mkdir /out \\\n    && ${take}`),
  ];
};
