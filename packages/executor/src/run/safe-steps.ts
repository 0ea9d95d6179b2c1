/** Shell functions for folders in which other commands may be putting links while this one is prepared. `$m` is mount(8).
 * - `into FOLDER NAME...` goes into a folder, name by name, and makes what is missing. Each step is made from where the
 *   last one led, and a step that led elsewhere ends everything.
 * - `attach MOUNT NAME FOLDER NAME...` moves a mount that was made aside to NAME in such a folder. It is put on what was
 *   opened and looked at; a path would be resolved once more.
 * - `check MOUNT PATH DEVICE [AT]` makes sure that a mount shows that path of a device; of that mounted at AT without one. */
export const safeSteps = `
elsewhere() {
echo "$1: something else was put there" >&2; exit 1
}
into() {
cd -P "$1"; at=$PWD; shift
for name do
[ -d "./$name" ] || mkdir -- "./$name"
cd -P "./$name"; at=$at/$name
if [ "$PWD" != "$at" ]; then elsewhere "$at"; fi
done
}
attach() {
from=$1 last=$2; shift 2
into "$@"
if [ -d "$from" ]; then [ -d "./$last" ] || mkdir -- "./$last"
elif [ ! -e "./$last" ]; then set -C; : >"./$last"; set +C
fi
exec 7<"./$last"
if [ "$(readlink -n /proc/self/fd/7; echo /)" != "$at/$last/" ]; then elsewhere "$at/$last"; fi
"$m" -n -c --move "$from" /proc/self/fd/7
exec 7<&-
}
shown() {
device= part=
while read -r id parent number root point rest; do
if [ "$point" = "$1" ]; then device=$number part=$root; fi
done </proc/self/mountinfo
}
check() {
wanted=$3
if [ -z "$wanted" ]; then shown "$4"; wanted=$device; fi
shown "$1"
if [ "$device $part" != "$wanted $2" ]; then elsewhere "$1"; fi
}
`;
