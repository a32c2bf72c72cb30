// Two members of one group share what the producer of kafkajs.js wrote: every record reaches one of them, and the
// group's offsets end where the records do.
const { Kafka, logLevel } = require('kafkajs')

const RECORDS = 1000
const kafka = new Kafka({ clientId: 'kafkajs', brokers: process.env.BROKERS.split(','), logLevel: logLevel.ERROR })

async function main() {
  const seen = new Set()
  let finished
  const all = new Promise((resolve) => (finished = resolve))
  const members = [1, 2].map(() => kafka.consumer({ groupId: 'js-group', sessionTimeout: 10000 }))
  for (const member of members) {
    await member.connect()
    await member.subscribe({ topic: 'js', fromBeginning: true })
    await member.run({
      eachMessage: async ({ partition, message }) => {
        seen.add(`${partition}:${message.offset}`)
        if (seen.size === RECORDS) finished()
      },
    })
  }
  await all

  const admin = kafka.admin()
  await admin.connect()
  let group
  do {
    group = (await admin.describeGroups(['js-group'])).groups[0]
  } while (group.state !== 'Stable' || group.members.length !== 2)
  for (const member of members) await member.disconnect()
  const [{ partitions }] = await admin.fetchOffsets({ groupId: 'js-group', topics: ['js'] })
  const committed = partitions.reduce((sum, { offset }) => sum + Number(offset), 0)
  if (committed !== RECORDS) throw new Error(`committed up to ${committed} of ${RECORDS}`)
  await admin.deleteGroups(['js-group'])
  await admin.disconnect()
}

const patience = setTimeout(() => {
  console.error('kafkajs: the group did not finish within a minute')
  process.exit(1)
}, 60000)
main().then(
  () => clearTimeout(patience),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
