/** A compact choice of emoji by theme: what people send most, drawn by the system's own font. */
export const EMOJI: readonly {
  key: 'faces' | 'hands' | 'hearts' | 'nature' | 'food' | 'things';
  list: readonly string[];
}[] = [
  {
    key: 'faces',
    list: [
      ...'😀😃😄😁😆😅😂🤣🙂🙃😉😊😇🥰😍🤩😘😗😚😙😋😛😜🤪😝🤑🤗🤭🤫🤔🤐🤨😐😑😶😏😒🙄😬😌😔😪🤤😴😷🤒🤕🤢🤮🤧🥵🥶🥴😵🤯🤠🥳😎🤓🧐😕😟🙁😮😯😲😳🥺😦😧😨😰😥😢😭😱😖😣😞😓😩😫🥱😤😡😠🤬😈👻💩🤡👽🤖',
    ],
  },
  { key: 'hands', list: [...'👍👎👌🤌🤏🤞🤟🤘🤙👈👉👆👇👋🤚🖖👏🙌👐🤲🤝🙏💪👀🧠👶🧑👩👨👵👴🤷🤦🙋🙅🙆💁🙇🏃💃🕺👫👪'] },
  {
    key: 'hearts',
    list: ['❤️', ...'🧡💛💚💙💜🖤🤍🤎💔💕💞💓💗💖💘💝💯💢💥💫💦💨💬💭💤🔥✨🌟⭐🎉🎊✅❌❗❓⚡🆗🔝🔔🎵🎶'],
  },
  {
    key: 'nature',
    list: [
      ...'🐶🐱🐭🐹🐰🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆🦉🐴🦄🐝🦋🐌🐞🐢🐍🐟🐬🐳🌵🎄🌲🌳🌴🌱🌿🍀🍁🍂🌷🌹🌻🌼🌸🌞🌙🌈☔⛄🌊',
    ],
  },
  {
    key: 'food',
    list: [
      ...'🍏🍎🍐🍊🍋🍌🍉🍇🍓🍒🍑🥭🍍🥥🥝🍅🥑🥦🥒🌽🥕🥔🍞🧀🥚🍳🥞🥓🍔🍟🍕🌭🥪🌮🥗🍝🍜🍲🍣🥟🍦🍩🍪🎂🍰🍫🍬🍯☕🍵🍺🍷🥂🥛',
    ],
  },
  {
    key: 'things',
    list: [...'⚽🏀🏆🎯🎮🎲🎸🎧🎬🎨🚗🚌🚲🚀🏠🏡🏢⛺⌚📱💻📷💡🔦📚📖📝📌📎📅📈📦🔑🔒🔨🔧💊🎁🎈💰💳⏰⏳🧹🛒🛏🌍'],
  },
];
