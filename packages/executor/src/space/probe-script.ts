/** Tells what works here, a line each: `inside` once all namespaces are there, `tar=gnu`, `timeout=gnu`, `unshare=new`
 * (util-linux of 2020 or later), `proc=own`, `overlay=N`. Runs in an empty folder with options of overlayfs as arguments, best first;
 * the Nth are the first that work. Errors go to the error output. An overlay works when a directory can be removed and
 * made again: that needs whiteouts and extended attributes. Nothing but empty mount points stays in the folder. */
export const PROBE_SCRIPT = `
echo inside
case "$(tar --version)" in *"GNU tar"*) echo tar=gnu ;; esac
timeout --foreground 9 true && echo timeout=gnu
unshare --root=/ --wd=/ --setuid 0 true && echo unshare=new
mkdir proc && mount -t proc proc proc && echo proc=own
mkdir -p low/d && : >low/d/f
number=0
for options in "$@"; do
  number=$((number + 1))
  mkdir -p $number/up $number/work $number/root
  options="lowerdir=low,upperdir=$number/up,workdir=$number/work,$options"
  if mount -t overlay -o "$options" overlay $number/root && rm -r $number/root/d && mkdir $number/root/d; then
    echo "overlay=$number"
    break
  fi
done
rm -rf low ./*/up ./*/work
`;
