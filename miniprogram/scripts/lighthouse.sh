#!/usr/bin/env bash
# Lighthouse's accessibility of the five main pages, against a service that runs already (make run):
#     LIGHTHOUSE=path/to/lighthouse bash scripts/lighthouse.sh http://127.0.0.1:8000
# Lighthouse is two hundred packages that nothing else here needs, so it is installed apart, in a folder of one's own:
#     npm install --prefix FOLDER --ignore-scripts lighthouse@12.8.2    → FOLDER/node_modules/.bin/lighthouse
set -euo pipefail
service="${1:?the address of the service}"
export CHROME_PATH="${CHROMIUM:-/usr/bin/chromium}"

for page in home/home stations/stations activities/activities services/services me/me; do
  score=$("${LIGHTHOUSE:?where lighthouse is}" "$service/#/pages/$page" --quiet --only-categories=accessibility --output=json \
    --chrome-flags="--headless --no-sandbox --disable-gpu" |
    node -e 'let told = ""; process.stdin.on("data", (part) => (told += part)).on("end", () => console.log(Math.round(JSON.parse(told).categories.accessibility.score * 100)))')
  echo "$page $score"
  test "$score" -ge 95
done
