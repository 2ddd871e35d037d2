#!/bin/sh
# Packs the committed version with all that a machine without a network needs: the wheels of
# requirements.lock, the pages' files, the compiled translations. Run by `make bundle`.
set -eu

commit=$(git rev-parse --short=12 HEAD)
git diff --quiet HEAD || echo "What is not committed stays out: this is $commit" >&2
name=sanqiao-$commit
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

git archive --prefix="$name/" HEAD | tar -xf - -C "$place"
cp -R src/sanqiao/web/vendor "$place/$name/src/sanqiao/web/"
cp src/sanqiao/locale/en/LC_MESSAGES/django.mo "$place/$name/src/sanqiao/locale/en/LC_MESSAGES/"
.venv/bin/pip download --quiet --require-hashes --only-binary :all: \
    -r requirements.lock -d "$place/$name/wheels"

mkdir -p out
# Root's and readable for all, whoever made it: unpacked by root, tar keeps owner and mode.
tar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --sort=name \
    -czf "out/$name.tar.gz" -C "$place" "$name"
cd out
sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256"
