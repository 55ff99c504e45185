# What up.sh decides, for it and for its table.

# newest_image FOLDER: prints the image that was built last. A build that is under way, or was killed, is none.
newest_image() {
  newest=$(ls -td "$1"/*/ 2>/dev/null | grep -v '/building-[0-9]*/$' | head -n 1)
  [ -n "$newest" ] || {
    echo "there is no image of the lab in $1: make one with 'npm run lab -- up', or name another folder by IMAGES" >&2
    return 1
  }
  echo "$newest"
}

# unchanged CODE FILE: whether the run of a playbook that ended with this code and said this changed nothing. One that was
# broken off has no recap.
unchanged() {
  recap=$(tail -n 1 "$2")
  printf '%s\n' "$recap"
  [ "$1" -eq 0 ] || { echo "the second run ended with exit code $1" >&2; return 1; }
  case $recap in
    *'"event":"recap","exitCode":0,"changed":0,'*'"hosts":{"'*) ;;
    *) echo 'the second run does not end with a recap in which nothing changed' >&2; return 1 ;;
  esac
}
