/** A Dockerfile below `FROM BASE`, built by two builders. What only one of them has, and why that is right. */
export interface RunCase {
  readonly name: string;
  readonly lines: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly differs?: {
    readonly why: string;
    readonly ours?: readonly string[];
    readonly buildah?: readonly string[];
  };
}

type NamedLines = Readonly<Record<string, readonly string[]>>;

const commands: NamedLines = {
  "a command that changes nothing": ["RUN true"],
  "a file": ["RUN echo hello > /x"],
  "two commands": ["RUN echo 1 > /x && echo 2 >> /x"],
  "a command over two lines": ["RUN echo 1 \\", "  2 > /x"],
  "the exec form": ['RUN ["sh", "-c", "echo \\"$0\\" > /x"]'],
  "the exec form without a shell": ['RUN ["touch", "/a b", "/$HOME"]'],
  "a program found along PATH": ["ENV PATH=/other:/bin", 'RUN ["mkdir", "/made"]'],
  "a shell of its own": ['SHELL ["/bin/sh", "-e", "-c"]', "RUN echo $- > /x"],
  "quotes and dollars": ['RUN echo \'a"b\' "$HOME" \\$HOME "it\'s" > /x'],
  "a comment within": ["RUN echo 1 > /x && \\", "# not this", "  echo 2 > /y"],
  "a pipe": ["RUN echo abc | tr a-c x-z > /x"],
  "a command in the background": ["RUN (sleep 0.05; echo late > /late) & wait"],
  "output and errors": ["RUN echo out; echo err >&2; echo done > /x"],
  "an empty standard input": ["RUN cat > /x"],
  "an umask": ["RUN umask > /x; touch /y; mkdir /z"],
};

const variables: NamedLines = {
  ENV: ["ENV A=1 B='two words'", 'RUN echo "$A $B" > /x'],
  "ENV over the base's": ["ENV OF_BASE=2", "RUN echo $OF_BASE > /x"],
  "ARG with a default": ["ARG A=1", "RUN echo $A > /x"],
  "ENV over ARG": ["ARG A=arg", "ENV A=env", "RUN echo $A > /x"],
  "ARG after ENV": ["ENV A=env", "ARG A=arg", "RUN echo $A > /x"],
  "ARG without a value": ["ARG A", 'RUN echo "[$A]${A+set}" > /x'],
  "an empty ENV": ["ENV A=", 'RUN echo "[$A]${A+set}" > /x'],
  "ENV of a later line": ['RUN echo "[$A]" > /x', "ENV A=1"],
  "a variable with an equals sign": ["ENV A=b=c", "RUN echo $A > /x"],
  "a line break in a variable": ['ENV A="a\\', 'b"', 'RUN echo "$A" > /x'],
  "names that shells use": [
    "ENV UID=5 PWD=/nowhere OPTIND=7 IFS=x",
    "RUN env | grep -E '^(UID|OPTIND|IFS)=' | sort > /x",
  ],
  "names that are no identifiers": ["ENV a.b=1 c-d=2", "RUN env | grep -E '^(a.b|c-d)=' | sort > /x"],
  "variables of the loader": ["ENV LD_LIBRARY_PATH=/nowhere LD_PRELOAD=", "RUN env | grep ^LD_ | sort > /x"],
  "the home of the user": ["RUN echo $HOME > /x"],
};

const users: NamedLines = {
  root: ["RUN id > /x"],
  "a user by name": ["USER app", "RUN id > /tmp/x; touch /tmp/y"],
  "a user by number": ["USER 1000", "RUN id -u > /tmp/x; id -g >> /tmp/x"],
  "a user and a group by name": ["USER app:wheel", "RUN id -u > /tmp/x; id -g >> /tmp/x"],
  "a user and a group by number": ["USER 1000:10", "RUN id -u > /tmp/x; id -g >> /tmp/x"],
  "a number that no account has": ["USER 4711:4712", "RUN id -u > /tmp/x; id -g >> /tmp/x"],
  "a user whose group has another number": ["USER other", "RUN id -u > /tmp/x; id -g >> /tmp/x"],
  "root again": ["USER app", "RUN touch /tmp/x", "USER root", "RUN touch /y"],
  "a user in the working folder": ["USER app", "WORKDIR /home/app", "RUN mkdir -p a/b && touch a/b/c"],
  "a user made before": [
    "RUN echo 'new:x:3000:3000::/:/bin/sh' >> /etc/passwd",
    "USER new",
    "RUN id -u > /tmp/x",
  ],
  "what a user must not do": [
    "USER app",
    "RUN touch /no || touch /tmp/refused; cat /d/sub/c || touch /tmp/unread",
  ],
  "another owner": ["RUN chown 1000:50 /d/a && chown -R app:app /d/sub"],
  "another owner of a link": ["RUN ln -s nowhere /l && chown -h 7:8 /l"],
};

const folders: NamedLines = {
  WORKDIR: ["WORKDIR /new/deep", "RUN pwd > x"],
  "a relative WORKDIR": ["WORKDIR /d", "WORKDIR sub", "RUN pwd > /x && touch here"],
  "WORKDIR through a link": ["WORKDIR /usr/d", "RUN touch here"],
  "a folder and what is in it": ["RUN mkdir -p /a/b/c && touch /a/b/c/d"],
  modes: ["RUN mkdir -m 700 /a && touch /a/b && chmod 4711 /a/b && chmod 2775 /d && chmod 1777 /full"],
  "a link": ["RUN ln -s ../d/a /l && ln -s /absolute/nowhere /m"],
  "hard links": ["RUN echo 1 > /one && ln /one /two && mkdir /z && ln /one /z/three"],
  "a hard link to a file of the base": ["RUN ln /d/b /linked"],
  "a hard link, then a change": ["RUN ln /d/b /linked && echo more >> /linked"],
  "a change of a file with two names": ["RUN echo more >> /d/a"],
  "a fifo": ["RUN mkfifo /f && mkfifo -m 600 /d/g"],
  "a name with odd characters": ["RUN touch '/a b' '/ü' \"/tab\tname\" '/-dash' '/back\\slash' \"/quote'\""],
  "a long name": ["RUN touch /$(printf 'n%.0s' $(seq 1 200))"],
  "a long path": [
    "RUN p=/; for i in $(seq 1 12); do p=$p/$(printf 'd%.0s' $(seq 1 30)); mkdir $p; done; touch $p/f",
  ],
  "a large file": ["RUN head -c 3000000 /dev/zero > /zeros"],
  "a file with a hole": ["RUN dd if=/dev/null of=/hole bs=1 seek=1000000 2>/dev/null; echo end >> /hole"],
  "an empty file and an empty folder": ["RUN touch /empty && mkdir /void"],
  "many files": ["RUN mkdir /many && cd /many && for i in $(seq 1 500); do echo $i > f$i; done"],
};

const removals: NamedLines = {
  "a file that is removed": ["RUN rm /d/a"],
  "a folder that is removed": ["RUN rm -r /full"],
  "a folder that is removed and made": ["RUN rm -rf /full && mkdir /full"],
  "a folder that is removed, made and filled": ["RUN rm -rf /full && mkdir /full && echo new > /full/2"],
  "a file that becomes a folder": ["RUN rm /d/a && mkdir /d/a && touch /d/a/x"],
  "a folder that becomes a file": ["RUN rm -r /full && echo 1 > /full"],
  "a folder that becomes a link": ["RUN rm -r /full && ln -s d /full"],
  "a link that becomes a folder": ["RUN rm /usr/d && mkdir /usr/d && touch /usr/d/x"],
  "a file that is renamed": ["RUN mv /d/b /d/renamed"],
  "a folder that is renamed": ["RUN mv /full /renamed"],
  "a folder that is renamed over another": ["RUN mkdir /e && mv /full /e/"],
  "all of a folder": ["RUN rm -rf /full/* && touch /full/.keep"],
  "what an earlier step made": ["RUN echo 1 > /x && mkdir -p /y/z", "RUN rm -r /x /y"],
  "what an earlier step removed": ["RUN rm -r /full", "RUN mkdir /full && touch /full/again"],
  "only a mode": ["RUN chmod 600 /big"],
  "only a time": ["RUN touch -d @86400 /d/b"],
  "a mode and back": ["RUN chmod 600 /d/b && chmod 644 /d/b"],
  "a made and removed file": ["RUN touch /x && rm /x"],
};

const together: NamedLines = {
  "RUN after COPY": ["COPY a.txt /", "RUN cat /a.txt /a.txt > /b"],
  "COPY over what RUN made": ["RUN mkdir /o && echo run > /o/a.txt", "COPY a.txt /o/"],
  "a stage that runs on a stage": ["RUN echo 1 > /x", "FROM first", "RUN echo 2 >> /x"],
  "what another stage made": [
    "RUN mkdir /o && echo 1 > /o/x && chown -R 7:8 /o",
    "FROM BASE",
    "COPY --from=first /o /o",
  ],
  "two stages": [
    "RUN echo 1 > /x",
    "FROM BASE AS second",
    "RUN echo 2 > /y",
    "FROM BASE",
    "COPY --from=first /x /",
    "COPY --from=second /y /",
  ],
  "a bind of a stage": [
    "RUN mkdir /o && echo 1 > /o/x",
    "FROM BASE",
    "RUN --mount=type=bind,from=first,source=/o,target=/m cat /m/x > /y",
  ],
  "a bind of the context": ["RUN --mount=type=bind,target=/m cat /m/a.txt /m/b/c.txt > /y"],
  "a tmpfs": ["RUN --mount=type=tmpfs,target=/t echo 1 > /t/x && ls /t > /y"],
  "a cache": ["RUN --mount=type=cache,target=/c echo 1 > /c/x && ls /c > /y"],
  "a mount on a folder with files": ["RUN --mount=type=tmpfs,target=/full ls /full > /y"],
  "ENTRYPOINT after RUN": ["RUN echo 1 > /x", 'ENTRYPOINT ["/bin/cat"]', 'CMD ["/x"]'],
};

const tables = { commands, variables, users, folders, removals, together };

/** What differs between the builders, by the name of the case. */
const differences: Readonly<Record<string, RunCase["differs"]>> = {
  "the exec form": {
    why: "a program's first argument is what the Dockerfile says, not where it was found",
    ours: ["file x 0644 'sh\n'"],
    buildah: ["file x 0644 '/bin/sh\n'"],
  },
  "ARG after ENV": {
    why: "in BuildKit the later of both wins",
    ours: ["file x 0644 'arg\n'"],
    buildah: ["file x 0644 'env\n'"],
  },
  "a hard link to a file of the base": {
    why: "two names of one file are that in the layer, too",
    ours: ["hardlink linked -> d/b"],
    buildah: ["file linked 0644 'B'"],
  },
  "another owner": {
    why: "a layer cannot change a file of the base and leave another name of it on it, as with every overlayfs",
    ours: ["file d/hard 0644 'A'"],
    buildah: ["hardlink d/hard -> d/a"],
  },
  "a change of a file with two names": {
    why: "as above",
    ours: ["file d/hard 0644 'A'"],
    buildah: ["hardlink d/hard -> d/a"],
  },
  "a mount on a folder with files": {
    why: "a mount hides what it covers, and buildah removes it from the image",
    ours: ["dir full 0755", "file full/1 0644 '1'", "file full/2 0644 '2'"],
  },
};

/** All cases, the same on every machine. */
export const runCases: readonly RunCase[] = Object.entries(tables).flatMap(([table, cases]) =>
  Object.entries(cases).map(([name, lines]) => ({ name: `${table}: ${name}`, lines, ...differing(name) })),
);

function differing(name: string): Pick<RunCase, "differs"> {
  const differs = differences[name];
  return differs === undefined ? {} : { differs };
}
