// Runs on any Node, so its syntax is that of the oldest: newer syntax would end in a parse error instead of the message.
var wanted = require('../package.json').engines.node.replace('>=', '');

function isOlder(version, than) {
  var mine = version.replace(/^v/, '').split('.').map(Number);
  var least = than.split('.').map(Number);
  return mine[0] < least[0] || (mine[0] === least[0] && mine[1] < least[1]);
}

module.exports = function requireNode(exitCode) {
  if (!isOlder(process.version, wanted)) return;
  process.stderr.write('ts-model-archiver needs Node.js ' + wanted + ' or newer; this is ' + process.version + '.\n');
  process.exit(exitCode);
};
